//! The packed form in which parsed resources cross the sandbox boundary.
