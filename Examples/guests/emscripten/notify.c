// A module that may grow imports this from its host; defined here, it is no import any more.
void emscripten_notify_memory_growth(unsigned long memoryIndex) { (void)memoryIndex; }
