block {
  b = "c"
}
block "label" "two" {
  d = true
}
