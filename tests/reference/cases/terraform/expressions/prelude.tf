# What every family of expressions may refer to.
terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
variable "null_any" {
  default = null
}
variable "null_string" {
  type    = string
  default = null
}
variable "null_list" {
  type    = list(string)
  default = null
}
variable "null_map" {
  type    = map(string)
  default = null
}
variable "secret" {
  type      = string
  default   = "hunter2"
  sensitive = true
}
variable "secret_map" {
  type      = map(string)
  default   = { user = "ann", password = "x" }
  sensitive = true
}
variable "numbers" {
  type    = list(number)
  default = [3, 1, 2]
}
variable "names" {
  type    = set(string)
  default = ["b", "a", "c"]
}
variable "number_set" {
  type    = set(number)
  default = [10, 9, 1.5, -3]
}
variable "ages" {
  type    = map(number)
  default = { tom = 30, "ann lee" = 25 }
}
variable "person" {
  type = object({
    name = string
    age  = optional(number, 7)
    mail = optional(string)
  })
  default = { name = "x" }
}
variable "people" {
  type = list(object({
    name  = string
    roles = optional(set(string), ["guest"])
  }))
  default = [{ name = "zoe", roles = ["ops", "dev"] }, { name = "al" }]
}
variable "pair" {
  type    = tuple([string, number])
  default = [1, "2"]
}
resource "terraform_data" "given_text" {
  input = "text"
}
resource "terraform_data" "given_list" {
  input = tolist(["a", "b"])
}
resource "terraform_data" "given_object" {
  input = { name = "n", ports = [80, 443] }
}
resource "terraform_data" "given_nothing" {
}
resource "terraform_data" "given_many" {
  count = 2
  input = "number ${count.index}"
}
resource "terraform_data" "given_keyed" {
  for_each = { one = 1, "two.2" = 2 }
  input    = each.value
}
