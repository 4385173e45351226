resource "azurerm_storage_account" "open" {
  name = "open"
}

resource "azurerm_storage_container" "blobs" {
  name                  = "blobs"
  storage_account_name  = azurerm_storage_account.open.name
  container_access_type = "blob" #! failed
}

resource "azurerm_storage_container" "elsewhere" {
  name                  = "elsewhere"
  storage_account_name  = "elsewhere"
  container_access_type = "container" #! failed
}

resource "azurerm_storage_account" "closed" {
  name                            = "closed"
  allow_nested_items_to_be_public = false
}

resource "azurerm_storage_container" "overruled" {
  name                  = "overruled"
  storage_account_id    = azurerm_storage_account.closed.id
  container_access_type = "container"
}

resource "azurerm_storage_container" "overruled_by_name" {
  name                  = "overruled"
  storage_account_name  = "closed"
  container_access_type = "container"
}

variable "public" {
  type = bool
}

resource "azurerm_storage_account" "later" {
  name                            = "later"
  allow_nested_items_to_be_public = var.public #! unknown
}

resource "azurerm_storage_container" "later" {
  name                  = "later"
  storage_account_name  = azurerm_storage_account.later.name
  container_access_type = "blob"
}

resource "azurerm_storage_container" "default" {
  name                 = "default"
  storage_account_name = azurerm_storage_account.open.name
}
