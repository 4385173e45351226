//! From a tree to outcomes: claim, parse, judge.
