//! A core module and its manifest become one component file.
