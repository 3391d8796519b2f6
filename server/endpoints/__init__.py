"""The endpoints of the W3C recommendations: SPARQL Protocol, Graph Store Protocol and linked data."""
