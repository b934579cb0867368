/** Where learners work, as far as the items differ. */
export const sectors = ["bank", "telecom", "courier", "traffic", "health", "travel", "commerce", "public"] as const;
