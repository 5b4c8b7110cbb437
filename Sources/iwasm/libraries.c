#include "libraries.h"

#ifndef IWASM_STATIC
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "wasm_export.h"

// What a library exports, by WAMR's names: get_native_lib says what guests find under which module name, and the other
// two, which may be missing, are called before and after.
typedef uint32_t (*GetLibrary)(char **module_name, NativeSymbol **symbols);
typedef int (*InitLibrary)(void);
typedef void (*EndLibrary)(void);

typedef struct Library {
    void *handle;
    EndLibrary end;
    char *module_name;
    NativeSymbol *symbols;
} Library;

static Library libraries[8];
static int library_count;

static void say(const char *before, const char *path, const char *after) {
    const char *parts[] = {"warning: ", before, path, after, "\n"};
    for (int i = 0; i < 5; i++)
        if (write(1, parts[i], strlen(parts[i])) < 0) return;
}

// False where it was told why.
static bool register_library(Library *library, const char *path) {
    GetLibrary get = (GetLibrary)dlsym(library->handle, "get_native_lib");
    InitLibrary init = (InitLibrary)dlsym(library->handle, "init_native_lib");
    if (!get) {
        say("failed to lookup `get_native_lib` function from native lib ", path, "");
        return false;
    }
    if (init && init() != 0) {
        say("`init_native_lib` function from native lib ", path, " failed");
        return false;
    }
    library->end = (EndLibrary)dlsym(library->handle, "deinit_native_lib");
    uint32_t count = get(&library->module_name, &library->symbols);
    if (count && library->module_name && library->symbols
        && wasm_runtime_register_natives(library->module_name, library->symbols, count))
        return true;
    say("failed to register native lib ", path, "");
    if (library->end) library->end();
    return false;
}

void load_library(const char *path) {
    if (library_count == 8) return;
    Library *library = &libraries[library_count];
    library->handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library->handle) library->handle = dlopen(path, RTLD_LAZY);
    if (!library->handle) {
        say("failed to load native library ", path, "");
    } else if (register_library(library, path)) {
        library_count++;
    } else {
        dlclose(library->handle);
    }
}

void unload_libraries(void) {
    while (library_count) {
        Library *library = &libraries[--library_count];
        wasm_runtime_unregister_natives(library->module_name, library->symbols);
        if (library->end) library->end();
        dlclose(library->handle);
    }
}
#endif
