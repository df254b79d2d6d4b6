"""One module per subcommand of ``stillwatch``, imported only when it is asked for."""
