function drawPlan(map) {}
