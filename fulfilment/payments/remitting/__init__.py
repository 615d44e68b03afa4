"""Cash that couriers remit by file: what they say line by line, against what was collected at the doors."""
