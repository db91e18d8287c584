"""Pure rules about names, domains, e-mail patterns and SMTP replies: no Django, no sockets, no database."""
