resource "azurerm_storage_account" "off" {
  https_traffic_only_enabled = false #! failed
}

# As version 3 of the provider had it.
resource "azurerm_storage_account" "old" {
  enable_https_traffic_only = false #! failed
}

resource "azurerm_storage_account" "default" {
  name = "default"
}

variable "https" {
  type = bool
}

resource "azurerm_storage_account" "later" {
  https_traffic_only_enabled = var.https #! unknown
}
