"""Connecting a company's calendar: the account, who is whom there, what is booked as what, and whether it holds."""
