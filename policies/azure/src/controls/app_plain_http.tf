resource "azurerm_linux_web_app" "none" { #! failed
  name = "none"
}

resource "azurerm_app_service" "off" {
  https_only = false #! failed
}

resource "azurerm_windows_web_app" "on" {
  https_only = true
}
