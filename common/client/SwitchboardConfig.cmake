include(CMakeFindDependencyMacro)
find_dependency(Qt6 6.4 COMPONENTS Core Network WebSockets)
find_dependency(tl-expected)
include("${CMAKE_CURRENT_LIST_DIR}/SwitchboardTargets.cmake")
