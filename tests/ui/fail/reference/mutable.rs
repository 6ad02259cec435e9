use minimcp::tool;

#[tool]
async fn sort(numbers: &mut Vec<u64>) {
    numbers.sort();
}

fn main() {}
