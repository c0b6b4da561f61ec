#pragma once
#ifdef __cplusplus
extern "C" {
#endif
/// Throws and catches `count` C++ exceptions, and returns how many were caught.
int thrower_throw_and_catch(int count);
#ifdef __cplusplus
}
#endif
