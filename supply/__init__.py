"""What the project is made of besides its own code: which packages, in which versions, under which licences."""
