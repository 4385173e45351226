package main

import future.keywords.in

deny[msg] {
  some x in input.xs
  x > 1
  msg := sprintf("old %d", [x])
}
