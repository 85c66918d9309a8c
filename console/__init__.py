"""The desktop without pixels: settings, session, gateway, what an agent does and what an agent sees."""
