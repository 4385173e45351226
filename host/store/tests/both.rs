//! Tests of the store on both databases.

#[cfg(test)]
mod both {
    #[macro_use]
    mod support;

    mod acceptance;
    mod acceptances;
    mod audit;
    mod checks;
    mod corrupt;
    mod memory;
    mod opening;
    mod people;
    mod pulls;
    mod queue;
    mod secrets;
    mod tables;
    mod upgrade;
    mod working;
}
