//! A finished scan as table or JSON.
