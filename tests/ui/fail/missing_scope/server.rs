use minimcp::{handlers, tool, MiniMcp, Scope};

#[derive(Clone)]
struct User;

#[tool]
async fn whoami(user: Scope<User>) -> String {
    let _ = user;
    String::new()
}

fn server() -> MiniMcp {
    MiniMcp::new("users").handlers(handlers![whoami])
}

fn main() {
    let _ = server();
}
