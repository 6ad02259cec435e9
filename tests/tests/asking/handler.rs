/// Plan a trip
#[tool]
pub async fn plan(town: &str, client: Client) -> Result<String, Error> {
    let hold = client.once("hold", || hold_a_room(town)).await?;
    let days: u8 = client.elicit("How many days?").await?;
    let idea = client.sample(format!("What to see in {town} in {days} days?")).await?;
    let sure: bool = client.elicit(format!("{} Book it?", idea.to_text())).key("sure").await?;
    Ok(if sure { format!("booked room {hold}") } else { "nothing booked".into() })
}
