"""Parts of siting that HiGHS settles to the end."""
