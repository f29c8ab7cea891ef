"""What people type, turned into clean values; every login is a lower-case e-mail address or an E.164 number when it leaves here."""
