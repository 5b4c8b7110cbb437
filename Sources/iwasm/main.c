// The micro runner. Everything but loading libraries is in MoteRunner.
#include "libraries.h"

int mote_runner_main(int count, char **words, void (*load)(const char *path), void (*unload)(void));

int main(int count, char **words) { return mote_runner_main(count, words, LOAD_LIBRARY, UNLOAD_LIBRARIES); }
