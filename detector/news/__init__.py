"""What is reported, by whom, and which reports tell one happening."""
