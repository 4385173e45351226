//! Where a tree comes from: a folder or a commit.
