// Between the two halves of the standard C API: vectors and types are data and written in C (standard.c);
// engines, stores and what lives in them are written in Swift over the runtime. Not for hosts.
#ifndef MOTE_STANDARD_H
#define MOTE_STANDARD_H

#include "wasm_c_api.h"

// A zeroed block of the newest engine's heap, or of the process's where there is no engine; null when there
// is no memory.
void *wasm_mote_allocate(size_t size);
void wasm_mote_free(void *block);

// What every handle of a store's object points at. `kind` is one of the numbers below.
struct wasm_ref_t {
    uint32_t mark;    // MOTE_REFERENCE while it lives
    uint32_t kind;
};
enum { MOTE_REFERENCE = 0x4D6F5265 };
enum {
    MOTE_REFERENCE_FUNCTION,
    MOTE_REFERENCE_GLOBAL,
    MOTE_REFERENCE_TABLE,
    MOTE_REFERENCE_MEMORY,
    MOTE_REFERENCE_INSTANCE,
    MOTE_REFERENCE_MODULE,
    MOTE_REFERENCE_FOREIGN,
    MOTE_REFERENCE_TRAP,
    MOTE_REFERENCE_OTHER,    // a reference to an object that none of these is: an i31, a structure, an array
};

// Types as they lie in memory. An extern type is the beginning of each of the four.
struct wasm_valtype_t {
    wasm_valkind_t kind;
};
struct wasm_externtype_t {
    uint32_t mark;    // MOTE_TYPE while it lives
    wasm_externkind_t kind;
};
enum { MOTE_TYPE = 0x4D6F5479 };
struct wasm_functype_t {
    wasm_externtype_t base;
    wasm_valtype_vec_t parameters;
    wasm_valtype_vec_t results;
};
struct wasm_globaltype_t {
    wasm_externtype_t base;
    wasm_valtype_t *content;
    wasm_mutability_t mutability;
};
struct wasm_tabletype_t {
    wasm_externtype_t base;
    wasm_valtype_t *element;
    wasm_limits_t limits;
};
struct wasm_memorytype_t {
    wasm_externtype_t base;
    wasm_limits_t limits;
};
struct wasm_importtype_t {
    wasm_name_t module;
    wasm_name_t name;
    wasm_externtype_t *type;
    bool isLinked;    // the library has a function for it
};
struct wasm_exporttype_t {
    wasm_name_t name;
    wasm_externtype_t *type;
};
struct wasm_frame_t {
    struct wasm_instance_t *instance;    // a handle, or null
    uint32_t functionIndex;
    size_t functionOffset;
    size_t moduleOffset;
};

#endif
