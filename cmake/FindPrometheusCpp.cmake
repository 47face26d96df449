# The core of prometheus-cpp alone. Its own package files want the libraries of its HTTP server and of its
# pushing as well, which are not used here. Defines PrometheusCpp::core.
find_path(PrometheusCpp_INCLUDE_DIR prometheus/text_serializer.h)
find_library(PrometheusCpp_CORE_LIBRARY prometheus-cpp-core)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PrometheusCpp REQUIRED_VARS PrometheusCpp_CORE_LIBRARY PrometheusCpp_INCLUDE_DIR)

if(PrometheusCpp_FOUND AND NOT TARGET PrometheusCpp::core)
    add_library(PrometheusCpp::core UNKNOWN IMPORTED)
    set_target_properties(PrometheusCpp::core PROPERTIES
        IMPORTED_LOCATION "${PrometheusCpp_CORE_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${PrometheusCpp_INCLUDE_DIR}")
endif()
mark_as_advanced(PrometheusCpp_INCLUDE_DIR PrometheusCpp_CORE_LIBRARY)
