"""What finished runs say: sensitivity, discovery, attribution, plots and the report. Runs nothing."""
