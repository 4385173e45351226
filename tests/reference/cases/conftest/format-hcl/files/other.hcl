a = 1
block "label" "two" {
  d = true
}
block "label" "three" {
  d = false
}
