use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::network::RULES;

palisade_sdk::control! {
    /// Network security group allows ingress from the internet to port 3389 (RDP)
    ///
    /// ## Why
    /// Remote desktops that the internet can reach are how ransomware most often enters: passwords are
    /// guessed, and vulnerabilities of the service need no password at all.
    ///
    /// ## Impact
    /// Administrators need another kind of access, such as Bastion or a VPN.
    ///
    /// ## Fix
    /// Allow only the networks that need it, or remove the rule and use Bastion.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_network_security_rule" "rdp" {
    ///   name                        = "rdp"
    ///   network_security_group_name = "web"
    ///   priority                    = 100
    ///   direction                   = "Inbound"
    ///   access                      = "Allow"
    ///   protocol                    = "Tcp"
    ///   destination_port_range      = "3389"
    ///   source_address_prefix       = "*"
    ///   destination_address_prefix  = "*"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_network_security_rule" "rdp" {
    ///   name                        = "rdp"
    ///   network_security_group_name = "web"
    ///   priority                    = 100
    ///   direction                   = "Inbound"
    ///   access                      = "Allow"
    ///   protocol                    = "Tcp"
    ///   destination_port_range      = "3389"
    ///   source_address_prefix       = "192.0.2.0/24"
    ///   destination_address_prefix  = "*"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-network-open-rdp",
        severity: Severity::High,
        judges: RULES,
        aliases: &["AZU-0048", "AVD-AZU-0048", "azure-network-disable-rdp-from-internet", "CKV_AZURE_9", "efbf6449-5ec5-4cfe-8f15-acc51e0d787c"],
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::RDP),
            message: "port 3389 (RDP) is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
