"""The dashboards of `config/grafana/dashboards`, written by `make dashboards`."""
