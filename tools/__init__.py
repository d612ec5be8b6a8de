"""What runs beside the system itself."""
