// The package manager wants a source file in every target; the headers must compile alone, too.
#include "lib_export.h"
#include "wasm_export.h"
#include "wasm.h"
#include "wasm_c_api.h"
