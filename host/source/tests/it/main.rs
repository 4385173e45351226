//! Trees as folders and as commits, made with the real Git.

#[cfg(test)]
mod alike;
#[cfg(test)]
mod commit;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod links;
#[cfg(test)]
mod root;
#[cfg(test)]
mod walk;
