"""How requests are signed, and where what signs them comes from."""
