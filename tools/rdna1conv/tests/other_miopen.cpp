// Stands in for another libMIOpen.so.1.
extern "C" __attribute__((visibility("default"))) int miopenGetVersion(unsigned long*,
                                                                       unsigned long*,
                                                                       unsigned long*) {
  return 9;
}
