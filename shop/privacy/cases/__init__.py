"""Questions, requests and complaints about personal data: anybody writes, a person answers."""
