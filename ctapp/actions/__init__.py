"""What a person or a schedule may do, one module each: permission, gate, change, audit event."""
