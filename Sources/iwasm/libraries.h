// Shared libraries with functions for guests, which --native-lib names.
#ifndef LIBRARIES_H
#define LIBRARIES_H

#ifdef IWASM_STATIC
#define LOAD_LIBRARY 0
#define UNLOAD_LIBRARIES 0
#else
#define LOAD_LIBRARY load_library
#define UNLOAD_LIBRARIES unload_libraries
// Makes a library's functions known to the runtime; says on standard output why it could not.
void load_library(const char *path);
// Ends them all.
void unload_libraries(void);
#endif

#endif
