"""The application around crawler, detector, alerts and store: settings, commands, scheduler, web."""
