"""The distribution block (Dağıtım, Y 19): from printed lines to recipients, as the best of all readings."""
