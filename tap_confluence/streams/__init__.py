"""What streams do, whatever the deployment."""
