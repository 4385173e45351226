resource "azurerm_storage_account" "old" {
  min_tls_version = "TLS1_1" #! failed
}

resource "azurerm_storage_account" "new" {
  min_tls_version = "TLS1_2"
}

resource "azurerm_storage_account" "default" {
  name = "default"
}
