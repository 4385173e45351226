a = 1
block {
  b = "c"
}
block "label" "two" {
  d = true
}
