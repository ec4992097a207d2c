"""Who may do what at the desk: reasons for looking, people, sign-ins and the audit trail."""
