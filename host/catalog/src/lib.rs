//! Which plugins there are: manifest, grants, admission, precompiled code.
