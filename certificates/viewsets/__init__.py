"""What administrators edit in Wagtail: designs and issuing units. Nothing of the register itself."""
