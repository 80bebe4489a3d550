"""What is made of bodies beside their own records."""
